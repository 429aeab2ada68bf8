/* Segments one image: segment IMAGE MODEL MASKS.png
 * cc segment.c $(pkg-config --cflags --libs cytoscribe) -o segment */
#include <cytoscribe.h>
#include <stdio.h>

int main(int argc, char **argv) {
  CytoscribeError error = {0};
  CytoscribeModel *model = NULL;
  CytoscribeImage *image = NULL;
  CytoscribeResult *result = NULL;
  CytoscribeOptions options = cytoscribe_options();
  options.diameter = 0; /* estimate it from the image */

  if (argc != 4) {
    fprintf(stderr, "usage: segment IMAGE MODEL MASKS.png\n");
    return 2;
  }
  bool ok = cytoscribe_model_open(argv[2], &model, &error) &&
            cytoscribe_image_read(argv[1], &image, &error) &&
            cytoscribe_segment(model, image, &options, &result, &error) &&
            cytoscribe_result_save_masks(result, argv[3], &error);
  if (ok)
    printf("%u cells of diameter %.1f in %s\n",
           cytoscribe_result_count(result, 0),
           cytoscribe_result_diameter(result, 0), argv[3]);
  else
    fprintf(stderr, "segment: %s\n", error.text);

  cytoscribe_result_free(result);
  cytoscribe_image_free(image);
  cytoscribe_model_free(model);
  return ok ? 0 : 1;
}
