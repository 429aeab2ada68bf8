#define FUZZED_READER cyto_png_read
#include "image-target.h"
