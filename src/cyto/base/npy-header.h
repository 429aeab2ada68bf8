#pragma once

enum { CYTO_NPY_HEADER = 128 };

/* The header of a .npy file, version 1.0, padded so that the data begins at a multiple of 64. text:
 * the dictionary, shorter than 118 characters. */
void cyto_npy_header(char header[CYTO_NPY_HEADER], const char *text);
