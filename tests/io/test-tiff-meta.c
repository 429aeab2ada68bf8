#include "tiff-make.h"

/* Warnings in one text. */
typedef struct Notes {
  char text[512];
} Notes;

static void on_warning(void *data, const char *text) {
  Notes *notes = data;
  snprintf(notes->text + strlen(notes->text), sizeof notes->text - strlen(notes->text), "%s\n",
           text);
}

static CytoImage *open_noting(const char *path, Notes *notes) {
  CytoImage *image = NULL;
  CytoError err = {0};
  CytoJob job = {.warning = on_warning, .data = notes};
  notes->text[0] = 0;
  CHECKF(cyto_image_read(path, NULL, &image, &job, &err), "%s", err.text);
  unlink(path);
  return image;
}

static Recipe plain(unsigned pages, const char *description) {
  return (Recipe){.mode = "wb",
                  .width = 8,
                  .height = 6,
                  .samples = 1,
                  .bits = 16,
                  .photometric = PHOTOMETRIC_MINISBLACK,
                  .pages = pages,
                  .description = description};
}

/* Page p must be at (t,z,c). */
static void check_plane(const Recipe *r, const CytoImage *image, unsigned p, size_t t, size_t z,
                        size_t c) {
  for (size_t y = 0; y < r->height; y++)
    for (size_t x = 0; x < r->width; x++)
      CHECKF(made_at(image, t, z, c, y, x) == (double)made_value(r, p, y, x, 0),
             "page %u is not at t %zu z %zu c %zu", p, t, z, c);
}

static void hyperstack(void) {
  Recipe r =
      plain(24, "ImageJ=1.53t\nimages=24\nchannels=2\nslices=3\nframes=4\nhyperstack=true\n");
  Notes notes;
  CytoImage *image = open_noting(make_tiff(&r), &notes);
  REQUIRE(image);
  CHECK_STR(image->axes, "TZCYX");
  CHECK_STR(image->axes_source, "ImageJ metadata");
  CHECK_STR(notes.text, "");
  REQUIRE(image->nt == 4 && image->nz == 3 && image->nc == 2);
  for (unsigned p = 0; p < 24; p++)
    check_plane(&r, image, p, p / 6, p / 2 % 3, p % 2);
  cyto_image_unref(image);
}

/* ImageJ above 4 GB: one directory, the planes in a row. */
static void contiguous(void) {
  Recipe r = plain(1, "ImageJ=1.53t\nimages=3\nslices=3\nunit=micron\n");
  r.rows_per_strip = 6;
  TIFF *tif = TIFFOpen(made_name(), r.mode);
  uint16_t more[2][48];
  uint32_t offset;
  TIFFSetField(tif, TIFFTAG_XRESOLUTION, 4.0);
  TIFFSetField(tif, TIFFTAG_YRESOLUTION, 2.0);
  made_page(tif, &r, 0);
  TIFFClose(tif);
  tif = TIFFOpen(made_path, "r");
  offset = (uint32_t)TIFFGetStrileOffset(tif, 0);
  TIFFClose(tif);
  for (unsigned p = 1; p < 3; p++)
    for (size_t i = 0; i < 48; i++)
      more[p - 1][i] = __builtin_bswap16((uint16_t)made_value(&r, p, i / 8, i % 8, 0));
  /* The directory lies behind the pixels: move the pixels to the end, and their offset with them.
   */
  uint8_t file[4096];
  FILE *f = fopen(made_path, "r+b");
  size_t size = fread(file, 1, sizeof file, f);
  uint8_t first[96];
  memcpy(first, file + offset, 96);
  for (size_t i = 0; i + 12 <= size; i++)
    if (memcmp(file + i, "\x01\x11\x00\x04\x00\x00\x00\x01", 8) == 0) {
      uint8_t moved[4] = {0, 0, (uint8_t)(size >> 8), (uint8_t)size};
      memcpy(file + i + 8, moved, 4);
    }
  rewind(f);
  fwrite(file, 1, size, f);
  fwrite(first, 1, 96, f);
  fwrite(more, 1, sizeof more, f);
  fclose(f);
  Notes notes;
  CytoImage *image = open_noting(made_path, &notes);
  REQUIRE(image);
  CHECK_STR(image->axes, "ZYX");
  REQUIREF(image->nz == 3, "%s", notes.text);
  for (unsigned p = 0; p < 3; p++)
    check_plane(&r, image, p, 0, p, 0);
  CHECK_NEAR(image->pixel_x, 0.25, 0);
  CHECK_NEAR(image->pixel_y, 0.5, 0);
  cyto_image_unref(image);
}

static void ome(void) {
  Recipe r = plain(
      6,
      "<?xml version=\"1.0\"?><OME xmlns=\"x\"><Image><Pixels SizeX=\"8\" SizeY=\"6\" SizeC=\"2\" "
      "SizeZ=\"3\" SizeT=\"1\" DimensionOrder=\"XYZCT\" PhysicalSizeX=\"0.1\"><Channel "
      "Name=\"DAPI\"/><Channel Name=\"GFP\"/><TiffData/></Pixels></Image></OME>");
  Notes notes;
  CytoImage *image = open_noting(make_tiff(&r), &notes);
  REQUIRE(image);
  CHECK_STR(image->axes, "CZYX");
  CHECK_STR(image->axes_source, "OME-XML");
  REQUIRE(image->nz == 3 && image->nc == 2 && image->channel_names);
  CHECK_STR(image->channel_names[1], "GFP");
  CHECK_NEAR(image->pixel_x, 0.1, 1e-12);
  for (unsigned p = 0; p < 6; p++)
    check_plane(&r, image, p, 0, p % 3, p / 3);
  cyto_image_unref(image);
  r.description = "<OME><Image><Pixels SizeX=\"9\" SizeY=\"6\" SizeZ=\"6\"/></Image></OME>";
  image = open_noting(make_tiff(&r), &notes);
  REQUIRE(image);
  CHECK(image->nz == 6 && strstr(notes.text, "9 × 6 pixels that are not in the file"));
  cyto_image_unref(image);
}

static void shaped(void) {
  Recipe r = plain(10, "{\"shape\": [5, 2, 6, 8]}");
  Notes notes;
  CytoImage *image = open_noting(make_tiff(&r), &notes);
  REQUIRE(image);
  CHECK_STR(image->axes, "ZCYX");
  CHECK(image->nz == 5 && image->nc == 2);
  for (unsigned p = 0; p < 10; p++)
    check_plane(&r, image, p, 0, p / 2, p % 2);
  cyto_image_unref(image);
  r.description = "{\"shape\": [10, 6, 8], \"axes\": \"TYX\"}";
  image = open_noting(make_tiff(&r), &notes);
  REQUIRE(image);
  CHECK(image->nt == 10 && image->nz == 1);
  CHECK_STR(image->axes_source, "tifffile metadata");
  cyto_image_unref(image);
}

/* A full level, a smaller copy of it, and a picture of the label on the slide. */
static void pyramid(void) {
  Recipe full = plain(1, NULL), half = full, label = full;
  half.width = 4;
  half.height = 3;
  label.width = 5;
  TIFF *tif = TIFFOpen(made_name(), "wb");
  TIFFSetField(tif, TIFFTAG_SUBFILETYPE, FILETYPE_REDUCEDIMAGE);
  made_page(tif, &half, 0);
  TIFFWriteDirectory(tif);
  made_page(tif, &full, 0);
  TIFFWriteDirectory(tif);
  made_page(tif, &label, 0);
  TIFFWriteDirectory(tif);
  TIFFClose(tif);
  Notes notes;
  CytoImage *image = open_noting(made_path, &notes);
  REQUIRE(image);
  CHECK(image->nx == 8 && image->ny == 6 && image->nz == 1 && image->nc == 1);
  check_plane(&full, image, 0, 0, 0, 0);
  CHECK_STR(notes.text, "1 further images of another size or kind in the file are left out\n");
  cyto_image_unref(image);
}

int main(void) {
  TIFFSetWarningHandler(NULL);
  return check_main((CheckTest[]){
      TEST(hyperstack), TEST(contiguous), TEST(ome), TEST(shaped), TEST(pyramid), {0}});
}
