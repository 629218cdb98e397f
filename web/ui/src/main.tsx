// Starts the page.
document.getElementById("app")!.textContent = "Meadow";
