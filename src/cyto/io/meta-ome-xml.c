#include "meta-ome-private.h"
#include "../base/mem.h"
#include "../base/text.h"
#include <expat.h>
#include <stdio.h>
#include <string.h>

static const char *attribute(const char **atts, const char *name) {
  for (; *atts; atts += 2)
    if (strcmp(atts[0], name) == 0)
      return atts[1];
  return NULL;
}

static size_t whole(const char **atts, const char *name, size_t otherwise) {
  const char *text = attribute(atts, name);
  int64_t n;
  return text && cyto_parse_int(text, &n) && n >= 0 ? (size_t)n : otherwise;
}

static double length_of(const char **atts, const char *name, const char *unit_name) {
  const char *text = attribute(atts, name), *unit = attribute(atts, unit_name);
  double value;
  if (!text || !cyto_parse_double(text, &value) || !(value > 0))
    return 0;
  return value * (unit ? cyto_unit_micrometres(unit) : 1);
}

static void start_pixels(OmeReading *r, const char **atts) {
  const char *order = attribute(atts, "DimensionOrder");
  r->pixels = true;
  r->size[0] = whole(atts, "SizeT", 1);
  r->size[1] = whole(atts, "SizeZ", 1);
  r->size[2] = whole(atts, "SizeC", 1);
  r->size_x = whole(atts, "SizeX", 0);
  r->size_y = whole(atts, "SizeY", 0);
  r->pixel[0] = length_of(atts, "PhysicalSizeX", "PhysicalSizeXUnit");
  r->pixel[1] = length_of(atts, "PhysicalSizeY", "PhysicalSizeYUnit");
  r->pixel[2] = length_of(atts, "PhysicalSizeZ", "PhysicalSizeZUnit");
  bool known = order && strlen(order) == 5 && strncmp(order, "XY", 2) == 0 &&
               strchr(order + 2, 'Z') && strchr(order + 2, 'C') && strchr(order + 2, 'T');
  snprintf(r->order, sizeof r->order, "%s", known ? order + 2 : "ZCT");
}

static void start_channel(OmeReading *r, const char **atts) {
  if (r->names == 0)
    r->samples = whole(atts, "SamplesPerPixel", 1);
  char **grown = cyto_realloc(r->name, r->names + 1, sizeof *grown, NULL);
  const char *name = attribute(atts, "Name");
  char *copy = cyto_strdup(name ? name : "", NULL);
  if (grown)
    r->name = grown;
  if (grown && copy)
    r->name[r->names++] = copy;
  else
    free(copy);
  r->failed = r->failed || !grown || !copy;
}

static void start_piece(OmeReading *r, const char **atts) {
  OmePiece piece = {
      .ifd = whole(atts, "IFD", 0),
      .first = {whole(atts, "FirstT", 0), whole(atts, "FirstZ", 0), whole(atts, "FirstC", 0)},
      .count = whole(atts, "PlaneCount", 1),
      .counted = attribute(atts, "IFD") || attribute(atts, "PlaneCount")};
  OmePiece *grown = cyto_realloc(r->piece, r->pieces + 1, sizeof *grown, NULL);
  r->failed = r->failed || !grown;
  if (!grown)
    return;
  r->piece = grown;
  r->piece[r->pieces++] = piece;
}

static void start_id(OmeReading *r, const char **atts) {
  const char *file = attribute(atts, "FileName");
  if (r->pieces == 0)
    return;
  r->in_id = true;
  r->id_length = 0;
  r->piece[r->pieces - 1].elsewhere = file && strcmp(file, r->file_name) != 0;
}

static const char *local_name(const char *name) {
  const char *colon = strrchr(name, ':');
  return colon ? colon + 1 : name;
}

static void on_start(void *data, const char *name, const char **atts) {
  OmeReading *r = data;
  name = local_name(name);
  if (strcmp(name, "OME") == 0) {
    const char *id = attribute(atts, "UUID");
    snprintf(r->own_id, sizeof r->own_id, "%s", id ? id : "");
  } else if (strcmp(name, "Image") == 0) {
    r->images++;
  }
  if (r->images != 1)
    return;
  if (strcmp(name, "Pixels") == 0 && !r->pixels)
    start_pixels(r, atts);
  else if (strcmp(name, "Channel") == 0 && r->pixels)
    start_channel(r, atts);
  else if (strcmp(name, "TiffData") == 0 && r->pixels)
    start_piece(r, atts);
  else if (strcmp(name, "UUID") == 0 && r->pixels)
    start_id(r, atts);
}

static void on_text(void *data, const char *text, int length) {
  OmeReading *r = data;
  size_t room = sizeof r->id - 1 - r->id_length;
  if (!r->in_id)
    return;
  size_t n = (size_t)length < room ? (size_t)length : room;
  memcpy(r->id + r->id_length, text, n);
  r->id_length += n;
}

static void on_end(void *data, const char *name) {
  OmeReading *r = data;
  if (!r->in_id || strcmp(local_name(name), "UUID") != 0)
    return;
  r->in_id = false;
  r->id[r->id_length] = 0;
  /* A renamed file still carries its own identity. */
  if (r->own_id[0] && strcmp(r->own_id, r->id) == 0)
    r->piece[r->pieces - 1].elsewhere = false;
}

void ome_reading_clear(OmeReading *r) {
  for (size_t i = 0; i < r->names; i++)
    free(r->name[i]);
  free(r->name);
  free(r->piece);
}

static void free_parser(XML_Parser *parser) {
  if (*parser)
    XML_ParserFree(*parser);
}

bool ome_parse(OmeReading *r, const char *text, CytoError *err) {
  CYTO_CLEANUP(free_parser) XML_Parser parser = XML_ParserCreate(NULL);
  if (!parser)
    return cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory to read the OME-XML");
  XML_SetUserData(parser, r);
  XML_SetElementHandler(parser, on_start, on_end);
  XML_SetCharacterDataHandler(parser, on_text);
  size_t length = strlen(text);
  if (length > INT32_MAX / 2)
    return cyto_fail(err, CYTO_ERROR_LIMIT, "the OME-XML is larger than 1 GB");
  if (XML_Parse(parser, text, (int)length, 1) != XML_STATUS_OK)
    return cyto_fail(err, CYTO_ERROR_FORMAT, "the OME-XML is damaged in line %lu: %s",
                     (unsigned long)XML_GetCurrentLineNumber(parser),
                     XML_ErrorString(XML_GetErrorCode(parser)));
  if (r->failed)
    return cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory to read the OME-XML");
  if (!r->pixels || r->size_x == 0 || r->size_y == 0)
    return cyto_fail(err, CYTO_ERROR_FORMAT, "the OME-XML describes no image");
  if (r->samples > 1 && r->size[2] % r->samples == 0)
    r->size[2] /= r->samples;
  return true;
}
