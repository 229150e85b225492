"""Reading secrets: against real OpenBao servers, with a faulty network put in between where that matters."""
