"""Settings: `dev` for one desk and a first look, `test`, and `production`; all stand on `base`."""
