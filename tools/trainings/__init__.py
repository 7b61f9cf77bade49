"""Real trainings of tiny models, honest and forged, from which a history's bands are learnt."""
