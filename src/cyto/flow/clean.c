#include "clean.h"
