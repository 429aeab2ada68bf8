/* Shared by the files that read TIFF: tiff-open.c talks to libtiff, tiff.c
 * lists the directories, tiff-layout.c finds
 * out what the planes are, tiff-decode.c turns them into samples. */
#pragma once
#include "axes.h"
#include "format.h"
#include "meta.h"
#include "samples.h"
#include <tiffio.h>

typedef enum {
  TIFF_RAW,     /* samples as stored */
  TIFF_INDEXED, /* one sample, looked up in the colour table */
  TIFF_CONVERT, /* colour models that libtiff turns into 8-bit RGB */
} TiffMode;

typedef struct TiffPage {
  uint64_t offset; /* of its directory */
  size_t width, height;
  unsigned samples, bits, format; /* as stored */
  unsigned photometric, planar, compression, fill_order, depth;
  bool reduced; /* a smaller copy or a mask */
  bool tiled;
} TiffPage;

typedef struct Tiff {
  const CytoBytes *bytes;
  uint64_t position;
  TIFF *tif;
  char message[320]; /* libtiff's first complaint since the last tiff_quiet */
  TiffPage *page;    /* every directory of the main chain */
  size_t pages;
  size_t first;  /* the page that stands for the image */
  size_t *plane; /* pages in the order of the planes */
  size_t planes;
  bool contiguous; /* all planes follow the first page's pixels without directories of their own */
  TiffMode mode;
  unsigned kept;           /* samples a pixel that go to the image; alpha is dropped */
  unsigned lead;           /* axes of the layout in front of those of one page */
  unsigned axis_y, axis_s; /* behind those: of Y (X follows) and, when kept > 1, of the samples */
  CytoSampleKind kind;
  uint8_t *palette; /* TIFF_INDEXED: RGB of every index */
  CytoPlanes found; /* what the metadata says */
  char **names;
  size_t n_names;
} Tiff;

static inline const TiffPage *tiff_page(const Tiff *t) {
  return &t->page[t->first];
}
/* Opens t->bytes; libtiff's messages land in t->message. */
bool tiff_open(Tiff *t, size_t limit, CytoError *err);
void tiff_close(Tiff *t); /* frees everything in t */
/* Same geometry and samples, so that both can be planes of one image. */
bool tiff_same_kind(const TiffPage *a, const TiffPage *b);
/* Makes a page current in libtiff. */
bool tiff_select(Tiff *t, size_t page, CytoError *err);
/* cyto_fail with libtiff's complaint in brackets, forgetting it. */
bool tiff_fail(Tiff *t, CytoErrorCode code, CytoError *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Refuses what cannot be decoded; sets mode, kept, kind and palette. */
bool tiff_samples(Tiff *t, const CytoReadOptions *options, CytoLayout *layout, CytoJob *job,
                  CytoError *err);
/* Sets planes and contiguous, and the axes of layout as far as the file tells. */
bool tiff_layout(Tiff *t, CytoLayout *layout, CytoJob *job, CytoError *err);
bool tiff_decode(Tiff *t, const CytoLayout *layout, CytoImage *image, size_t limit, CytoJob *job,
                 CytoError *err);
/* ImageJ's slice labels of the first nc planes as channel names, where they tell them apart. */
bool tiff_slice_labels(Tiff *t, size_t nc, CytoError *err);
/* The pixels lie in the file as they are: no codec, no tiles. */
bool tiff_is_plain(const Tiff *t);
/* Packed bytes of one plane; false on overflow. */
bool tiff_plane_bytes(const TiffPage *page, size_t *bytes);
