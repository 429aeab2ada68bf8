#include "unet.h"
