"""For who starts gunicorn by hand, and gives Meadow's options by the environment or meadow.toml:

gunicorn -c deploy/gunicorn.conf.py --bind 0.0.0.0:5563 --workers 2 'meadow.deploy.gunicorn:app("query")'
"""

from meadow.deploy.gunicorn import WHATEVER, hooks

globals().update(WHATEVER | hooks())
