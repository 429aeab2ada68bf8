/* One file from the network, whole or not at all. */
#pragma once
#include "../cyto/base/error.h"

/* Downloads url to path. What has arrived lies in "<path>.part" and is gone on with after a cut, in
 * this run or a later one. check looks at the complete file before it takes its name. *missing (may
 * be NULL) = the server has no such file. */
typedef bool (*FetchCheck)(const char *file, CytoError *err);
bool fetch_file(const char *url, const char *path, FetchCheck check, bool *missing, CytoError *err);
