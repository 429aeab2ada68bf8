#define FUZZED_READER cyto_npy_read
#include "image-target.h"
