#include "seg_npy.h"
