/* Errors travel as a code and a finished sentence; a function that fails returns false, sets the
 * error and leaves its outputs untouched. Programmer mistakes are assert(); the content of a file
 * never is. */
#pragma once
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum {
  CYTO_OK = 0,
  CYTO_ERROR_ARGUMENT,    /* an option or argument that makes no sense */
  CYTO_ERROR_IO,          /* the operating system said no: missing, permission, disk full */
  CYTO_ERROR_FORMAT,      /* the file is damaged or is not what it claims to be */
  CYTO_ERROR_UNSUPPORTED, /* a sound file of a kind that is not handled */
  CYTO_ERROR_LIMIT,       /* it would exceed the memory limit */
  CYTO_ERROR_MEMORY,      /* an allocation failed */
  CYTO_ERROR_CANCELLED,   /* the caller asked to stop */
} CytoErrorCode;

typedef struct CytoError {
  CytoErrorCode code;
  char text[1024]; /* UTF-8, one sentence or a few, no newline: what, where, expected, found */
} CytoError;

/* Sets *err (may be NULL) and returns false, so that `return cyto_fail(err, …)` reads well. */
bool cyto_fail(CytoError *err, CytoErrorCode code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "prefix: " before the text of an error already set, usually the name of a file. */
bool cyto_fail_prefix(CytoError *err, const char *prefix);

/* CYTO_ERROR_IO with the sentence of errno: "cannot <what> <path>: <strerror>". */
bool cyto_fail_errno(CytoError *err, const char *what, const char *path);
