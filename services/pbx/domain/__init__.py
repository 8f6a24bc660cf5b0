"""Pure rules of fixed numbers, of the telephony settings, and of where a call goes."""
