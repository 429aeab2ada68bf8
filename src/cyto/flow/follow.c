#include "follow.h"
