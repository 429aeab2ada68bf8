#define FUZZED_READER cyto_jpeg_read
#include "image-target.h"
