"""Everything that the syntax layer can find wrong, all its prose: `files` 0xx, `expressions` 1xx."""
