#include "pickle.h"
