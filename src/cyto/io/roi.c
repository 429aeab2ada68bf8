#include "roi.h"
