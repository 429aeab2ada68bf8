#include "npy-header.h"
#include <string.h>

void cyto_npy_header(char header[CYTO_NPY_HEADER], const char *text) {
  memset(header, ' ', CYTO_NPY_HEADER);
  memcpy(header, "\x93NUMPY\1\0\x76\0", 10);
  memcpy(header + 10, text, strlen(text));
  header[CYTO_NPY_HEADER - 1] = '\n';
}
