/* Files: reading whole, writing so that nothing is ever lost. */
#pragma once
#include "error.h"
#include <stdint.h>
#include <stdio.h>

/* Whole regular file into memory (free() it); refuses folders, devices and files above `limit`
 * bytes (0 = none) in one sentence. A zero byte follows the data. */
bool cyto_file_read(const char *path, size_t limit, uint8_t **data, size_t *size, CytoError *err);

/* Read-only mapping of a whole regular file; cyto_file_unmap when done. Empty file: data NULL. */
typedef struct CytoMap {
  const uint8_t *data;
  size_t size;
} CytoMap;
bool cyto_file_map(const char *path, CytoMap *map, CytoError *err);
void cyto_file_unmap(CytoMap *map);

/* Atomic write: a temporary file beside `path`, then fsync and rename. The old file stays whole
 * until cyto_writer_commit succeeds; any other end removes the temporary file. Behind a symbolic
 * link the file it names is replaced; devices and pipes are refused. Zero-initialise.
 *   CYTO_CLEANUP(cyto_writer_abort) CytoWriter w = {0};
 *   if (!cyto_writer_begin(&w, path, err)) return false;
 *   fwrite(…, w.stream);                    // or hand w.temporary to a library
 *   return cyto_writer_commit(&w, err); */
typedef struct CytoWriter {
  FILE *stream;    /* open for writing and reading; NULL after cyto_writer_release_stream */
  char *path;      /* final name */
  char *temporary; /* name in the same folder */
} CytoWriter;
bool cyto_writer_begin(CytoWriter *writer, const char *path, CytoError *err);
/* Closes the stream so that a library can (re)open writer->temporary by name. */
bool cyto_writer_release_stream(CytoWriter *writer, CytoError *err);
bool cyto_writer_commit(CytoWriter *writer, CytoError *err);
void cyto_writer_abort(CytoWriter *writer); /* harmless after commit */

/* One call for the common case; writes straight into a device or a pipe. */
bool cyto_file_write(const char *path, const void *data, size_t size, CytoError *err);

/* Heap strings: folder of a path ("." when none), last part, name without last extension. */
char *cyto_path_folder(const char *path);
const char *cyto_path_name(const char *path); /* points into path */
char *cyto_path_stem(const char *path);       /* "a/b.ome.tif" → "b.ome" */
char *cyto_path_join(const char *folder, const char *name);
bool cyto_path_is_folder(const char *path);
bool cyto_path_exists(const char *path);
bool cyto_path_same(const char *a, const char *b); /* one file or folder, whatever its names */
bool cyto_path_is_program(const char *path); /* may be executed */

/* What belongs to the running program lies beside it, installed or in a build tree: the first of
 * the places (relative to the program's folder, NULL-ended) that fits. Heap string, or NULL. */
char *cyto_path_beside_program(const char *const *places, bool (*fits)(const char *path));
