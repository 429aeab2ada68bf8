/* cytoscribe-fetch URL FILE [URL FILE]: downloads a model, and its size model where there is one.
 */
#include "../cyto/base/file.h"
#include "../cyto/net/weights.h"
#include "download.h"
#include <curl/curl.h>
#include <stdio.h>

static bool check_model(const char *file, CytoError *err) {
  CytoWeights *weights = NULL;
  CytoLayout layout;
  bool fine = cyto_weights_read(file, &weights, err);
  if (fine && !cyto_weights_layout(weights, &layout, err))
    fine = cyto_fail_prefix(err, file);
  cyto_weights_free(weights);
  return fine;
}

static bool check_size_model(const char *file, CytoError *err) {
  CytoSizeModel size = {0};
  bool fine = cyto_size_model_read(file, &size, err);
  cyto_size_model_clear(&size);
  return fine;
}

int main(int argc, char **argv) {
  if (argc != 3 && argc != 5) {
    fprintf(stderr, "usage: cytoscribe-fetch URL FILE [URL-OF-SIZE-MODEL FILE]\n"
                    "\"cytoscribe models fetch NAME\" calls this program.\n");
    return 2;
  }
  CytoError err = {0};
  bool missing = false;
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
    return 1;
  bool fine = fetch_file(argv[1], argv[2], check_model, NULL, &err);
  if (fine)
    printf("%s\n", argv[2]);
  if (fine && argc == 5) {
    fine = fetch_file(argv[3], argv[4], check_size_model, &missing, &err);
    if (fine)
      printf("%s\n", argv[4]);
    else if (missing)
      fprintf(stderr, "cytoscribe: there is no size model beside it: give the diameter\n");
  }
  curl_global_cleanup();
  if (!fine && !missing)
    fprintf(stderr, "cytoscribe: %s\n", err.text);
  return fine || missing ? 0 : 1;
}
