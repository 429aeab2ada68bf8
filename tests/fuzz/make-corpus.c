/* make-corpus FOLDER: small sound files of every kind, one folder a fuzz target, for it to damage.
 */
#include "../io/label-pictures.h"
#include "../io/tiff-make.h"
#include "../net/tiny-weights.h"
#include "base/file.h"
#include "base/mem.h"
#include "io/roi.h"
#include "io/seg_npy.h"
#include <jpeglib.h>
#include <png.h>
#include <sys/stat.h>

enum { NY = 20, NX = 24 };

static CytoError err;
static const char *corpus;

static void need(bool ok, const char *what) {
  if (ok)
    return;
  fprintf(stderr, "make-corpus: %s: %s\n", what, err.text);
  exit(1);
}

/* The name of seed `number` of a target, in a static buffer; makes the folder. */
static const char *seed(const char *target, unsigned number) {
  static char path[4096];
  snprintf(path, sizeof path, "%s/%s", corpus, target);
  mkdir(path, 0777);
  snprintf(path, sizeof path, "%s/%s/seed-%u", corpus, target, number);
  return path;
}

static void put(const char *target, unsigned number, const void *data, size_t size) {
  need(cyto_file_write(seed(target, number), data, size, &err), target);
}

static void tiff_seeds(void) {
  static const char imagej[] = "ImageJ=1.53t\nimages=4\nchannels=2\nslices=2\nhyperstack=true\n";
  static const char ome[] =
      "<?xml version=\"1.0\"?><OME><Image ID=\"Image:0\"><Pixels DimensionOrder=\"XYCZT\" "
      "SizeX=\"24\" SizeY=\"20\" SizeC=\"2\" SizeZ=\"2\" SizeT=\"1\" Type=\"uint16\" "
      "PhysicalSizeX=\"0.5\"><Channel Name=\"DAPI\"/><Channel/><TiffData/></Pixels></Image></OME>";
  const Recipe recipes[] = {
      {"wl", NX, NY, 0, 0, 1, 8, 1, 1, 1, 1, 0, NULL, 1},
      {"wb", NX, NY, 0, 7, 1, 16, 1, 1, 1, 5, 2, imagej, 4},
      {"w8", NX, NY, 16, 0, 1, 16, 1, 1, 1, 8, 2, ome, 4},
      {"wl", NX, NY, 0, 3, 3, 8, 1, 2, 1, 32773, 0, "{\"shape\": [20, 24, 3]}", 1},
      {"wl", NX, NY, 16, 0, 4, 8, 1, 2, 2, 8, 1, NULL, 1},
      {"wb", NX, NY, 0, 0, 1, 32, 3, 1, 1, 8, 3, NULL, 2},
      {"wl", NX, NY, 0, 0, 1, 1, 1, 0, 1, 1, 0, NULL, 1},
      {"wl", NX, NY, 0, 0, 1, 12, 1, 1, 1, 1, 0, NULL, 1},
      {"wl", NX, NY, 0, 0, 2, 64, 2, 1, 1, 1, 0, NULL, 1},
  };
  for (unsigned k = 0; k < sizeof recipes / sizeof *recipes; k++) {
    uint8_t *data = NULL;
    size_t size = 0;
    need(cyto_file_read(make_tiff(&recipes[k]), 0, &data, &size, &err), "tiff");
    put("tiff", k, data, size);
    free(data);
  }
  unlink(made_path);
}

static void png_seeds(void) {
  static const png_uint_32 formats[] = {PNG_FORMAT_GRAY,     PNG_FORMAT_GA,
                                        PNG_FORMAT_RGB,      PNG_FORMAT_RGBA,
                                        PNG_FORMAT_LINEAR_Y, PNG_FORMAT_RGB_COLORMAP};
  static uint16_t pixels[NY * NX * 4];
  static uint8_t map[256 * 3];
  for (size_t i = 0; i < NY * NX * 4; i++)
    pixels[i] = (uint16_t)(i * 40503);
  for (unsigned k = 0; k < sizeof formats / sizeof *formats; k++) {
    png_image image = {.version = PNG_IMAGE_VERSION, .width = NX, .height = NY};
    image.format = formats[k];
    image.colormap_entries = 256;
    need(png_image_write_to_file(&image, seed("png", k), 0, pixels, 0, map), "png");
  }
}

static void jpeg_seeds(void) {
  uint8_t row[NX * 3];
  for (unsigned k = 0; k < 2; k++) {
    FILE *file = fopen(seed("jpeg", k), "wb");
    need(file != NULL, "jpeg");
    struct jpeg_error_mgr errors;
    struct jpeg_compress_struct jpeg = {.err = jpeg_std_error(&errors)};
    jpeg_create_compress(&jpeg);
    jpeg_stdio_dest(&jpeg, file);
    jpeg.image_width = NX;
    jpeg.image_height = NY;
    jpeg.input_components = k ? 3 : 1;
    jpeg.in_color_space = k ? JCS_RGB : JCS_GRAYSCALE;
    jpeg_set_defaults(&jpeg);
    if (k)
      jpeg_simple_progression(&jpeg);
    jpeg_start_compress(&jpeg, TRUE);
    for (unsigned y = 0; y < NY; y++) {
      for (unsigned i = 0; i < sizeof row; i++)
        row[i] = (uint8_t)(i * 7 + y * 11);
      jpeg_write_scanlines(&jpeg, (JSAMPROW[]){row}, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    fclose(file);
  }
}

static void npy_seeds(void) {
  static const struct {
    const char *kind, *shape, *order;
    size_t bytes;
  } arrays[] = {{"|u1", "(20, 24)", "False", 480},         {"<u2", "(20, 24)", "True", 960},
                {">f4", "(2, 3, 20, 24)", "False", 11520}, {"<f2", "(20, 24, 3)", "False", 2880},
                {"<i8", "(20, 24,)", "False", 3840},       {"|b1", "(20, 24)", "False", 480}};
  static uint8_t file[128 + 12000];
  for (unsigned k = 0; k < sizeof arrays / sizeof *arrays; k++) {
    memset(file, ' ', 128);
    memcpy(file, "\x93NUMPY\1\0\x76", 10);
    int n = snprintf((char *)file + 10, 118, "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }",
                     arrays[k].kind, arrays[k].order, arrays[k].shape);
    file[10 + n] = ' ';
    file[127] = '\n';
    for (size_t i = 0; i < arrays[k].bytes; i++)
      file[128 + i] = (uint8_t)(i * 37 % 120);
    put("npy", k, file, 128 + arrays[k].bytes);
  }
}

/* Copies what a writer wrote, and hands the bytes back for targets that take a part of them. */
static uint8_t *again(const char *target, size_t *size) {
  uint8_t *data = NULL;
  need(cyto_file_read(seed(target, 0), 0, &data, size, &err), target);
  return data;
}

static void label_seeds(void) {
  static uint32_t labels[NY * NX];
  static float flow[3 * NY * NX];
  static uint8_t rgb[3 * NY * NX];
  size_t size = 0, count = 0;
  picture_draw(labels, NY, NX, 4, 5);
  CytoSeg seg = {.masks = {1, NY, NX, labels}, .diameter = 12, .fy = NY, .fx = NX};
  seg.filename = strdup("image.tif");
  seg.flow = flow;
  seg.flow_rgb = rgb;
  seg.cellprob_u8 = rgb;
  need(cyto_seg_write(&seg, seed("seg", 0), &err), "seg");
  free(seg.filename);
  CYTO_AUTOFREE uint8_t *npy = again("seg", &size);
  put("pickle", 0, npy + 128, size - 128);
  need(cyto_roi_write(labels, NY, NX, seed("roi", 0), &count, &err), "roi");
  CYTO_AUTOFREE uint8_t *zip = again("roi", &size);
  const uint8_t *roi = memmem(zip, size, "Iout", 4);
  const uint8_t *end = roi ? memmem(roi, size - (size_t)(roi - zip), "PK", 2) : NULL;
  need(roi && end, "roi");
  put("roi", 1, roi, (size_t)(end - roi));
}

static void weight_seeds(void) {
  size_t size = 0;
  CytoWeights *weights = tiny_weights(2, (const size_t[]){2, 2, 2}, 3, 1);
  tiny_size_model(weights, 2, 7);
  weights->diam_mean = weights->diam_labels = 17;
  weights->name = strdup("seed");
  need(cyto_weights_write_torch(weights, seed("torch", 0), &err), "torch");
  need(cyto_size_model_write(&weights->size, seed("size", 0), &err), "size");
  /* That target takes the length of the header from the first two bytes: shift the file so. */
  for (unsigned k = 0; k < 2; k++) {
    need(cyto_weights_write_safetensors(weights, seed("safetensors", 0),
                                        k ? CYTO_SAVE_F16 : CYTO_SAVE_F32, &err),
         "safetensors");
    CYTO_AUTOFREE uint8_t *file = again("safetensors", &size);
    file[6] = file[0];
    file[7] = file[1];
    put("safetensors", k + 1, file + 6, size - 6);
  }
  unlink(seed("safetensors", 0));
  cyto_weights_free(weights);
}

int main(int argc, char **argv) {
  if (argc != 2)
    return fputs("usage: make-corpus FOLDER\n", stderr), 2;
  corpus = argv[1];
  mkdir(corpus, 0777);
  tiff_seeds();
  png_seeds();
  jpeg_seeds();
  npy_seeds();
  label_seeds();
  weight_seeds();
  return 0;
}
