/* What the XML of an OME-TIFF says, before it is matched with the directories of the file. */
#pragma once
#include "meta.h"

/* One <TiffData>: `count` planes from (t,z,c) on lie in directories from `ifd` on. */
typedef struct OmePiece {
  size_t ifd, first[3], count;
  bool counted, elsewhere;
} OmePiece;

/* Axes are indexed T, Z, C throughout. */
typedef struct OmeReading {
  const char *file_name;
  char own_id[64], id[64]; /* UUID of the file read, and of the piece being read */
  size_t id_length;
  bool in_id, failed;
  unsigned images; /* <Image> elements seen; only the first counts */
  bool pixels;
  size_t size[3], size_x, size_y, samples;
  char order[4];   /* letters of TZC, the fastest first */
  double pixel[3]; /* x, y, z */
  OmePiece *piece;
  size_t pieces;
  char **name;
  size_t names;
} OmeReading;

/* Fills a reading whose file_name and samples (1) are set. */
bool ome_parse(OmeReading *reading, const char *text, CytoError *err);
void ome_reading_clear(OmeReading *reading);
