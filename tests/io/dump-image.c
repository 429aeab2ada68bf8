/* dump-image IMAGE OUT.npy [axes] [indexed]: what the reader made of a file. Prints one line, axes,
 * source, whether it is a colour picture; the array goes to OUT.npy as (T,Z,C,Y,X). Exit 1:
 * refused, and the line is the reason. */
#include "../../src/cyto/io/reader.h"
#include <stdio.h>
#include <string.h>

static const char *const descr[] = {"|u1", "<u2", "<u4", "<u8", "|i1",
                                    "<i2", "<i4", "<i8", "<f4", "<f8"};

static void on_warning(void *data, const char *text) {
  (void)data;
  fprintf(stderr, "warning: %s\n", text);
}

static bool write_npy(const CytoImage *image, const char *path) {
  char header[119], text[256];
  size_t n = image->nt * image->nz * image->nc * image->ny * image->nx;
  snprintf(text, sizeof text,
           "{'descr': '%s', 'fortran_order': False, 'shape': (%zu, %zu, %zu, %zu, %zu), }",
           descr[image->dtype], image->nt, image->nz, image->nc, image->ny, image->nx);
  snprintf(header, sizeof header, "%-117s\n", text);
  FILE *file = fopen(path, "wb");
  if (!file)
    return false;
  bool ok = fwrite("\x93NUMPY\x01\x00\x76\x00", 1, 10, file) == 10 &&
            fwrite(header, 1, 118, file) == 118 &&
            fwrite(image->data, cyto_dtype_size(image->dtype), n, file) == n;
  return fclose(file) == 0 && ok;
}

int main(int argc, char **argv) {
  if (argc < 3)
    return 2;
  CytoReadOptions options = cyto_read_defaults();
  for (int i = 3; i < argc; i++) {
    if (strcmp(argv[i], "indexed") == 0)
      options.indexed = true;
    else
      options.axes = argv[i];
  }
  CytoImage *image = NULL;
  CytoError err = {0};
  CytoJob job = {.warning = on_warning};
  if (!cyto_image_read(argv[1], &options, &image, &job, &err)) {
    printf("%s\n", err.text);
    return 1;
  }
  printf("%s | %s | %s | %.6g %.6g %.6g |", image->axes, image->axes_source,
         image->rgb ? "rgb" : "-", image->pixel_x, image->pixel_y, image->pixel_z);
  for (size_t c = 0; image->channel_names && c < image->nc; c++)
    printf(" %s", image->channel_names[c]);
  printf("\n");
  bool ok = write_npy(image, argv[2]);
  cyto_image_unref(image);
  return ok ? 0 : 2;
}
