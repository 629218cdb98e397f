// Colours of the tokens for a canvas, which knows no variables: read anew whenever the theme changes.

/** The colour a token has now, as the browser writes it. */
export function colour(token: string): string {
  const probe = document.createElement("i");
  probe.style.color = `var(--${token})`;
  document.body.append(probe);
  const read = getComputedStyle(probe).color;
  probe.remove();
  return read;
}

/** Diagonal stripes over a colour: what failed is told by more than its colour. */
export function hatch(token: string): CanvasPattern | string {
  const size = 6;
  const tile = document.createElement("canvas");
  tile.width = tile.height = size;
  const pen = tile.getContext("2d");
  if (!pen) return colour(token);
  pen.fillStyle = colour(token);
  pen.fillRect(0, 0, size, size);
  pen.strokeStyle = colour("surface");
  pen.globalAlpha = 0.45;
  for (const shift of [-size, 0, size]) {
    pen.moveTo(shift, size);
    pen.lineTo(shift + size, 0);
  }
  pen.stroke();
  return pen.createPattern(tile, "repeat") ?? colour(token);
}
