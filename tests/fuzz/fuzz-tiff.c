#define FUZZED_READER cyto_tiff_read
#include "image-target.h"
