#include "terminal.h"
#include "../cyto/base/mem.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

void cli_say(const char *format, ...) {
  CYTO_CLEANUP(cyto_str_clear) CytoStr out = {0};
  char text[4096];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  cli_add_printable(&out, text);
  cyto_str_add(&out, "\n");
  fputs(out.failed ? "cytoscribe: memory is short\n" : out.text, stderr);
}

void cli_say_lines(const CytoStr *lines) {
  for (const char *line = lines->text; line && *line;) {
    size_t n = strcspn(line, "\n");
    cli_say("%.*s", (int)n, line);
    line += n + (line[n] != 0);
  }
}

/* ASCII controls, and the C1 controls as UTF-8 writes them. */
void cli_add_printable(CytoStr *out, const char *text) {
  for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
    if (*p < 0x20 || *p == 0x7f) {
      cyto_str_add(out, "?");
    } else if (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0) {
      cyto_str_add(out, "?");
      p++;
    } else {
      cyto_str_add_bytes(out, p, 1);
    }
  }
}

size_t cli_columns(const char *text) {
  size_t columns = 0;
  for (; *text; text++)
    columns += ((unsigned char)*text & 0xc0) != 0x80;
  return columns;
}

void cli_cut_columns(char *text, size_t columns) {
  for (; *text; text++) {
    if (((unsigned char)*text & 0xc0) == 0x80)
      continue;
    if (columns-- == 0) {
      *text = 0;
      return;
    }
  }
}

size_t cli_terminal_width(int fd) {
  struct winsize size;
  if (!isatty(fd))
    return 0;
  return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

double cli_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

char *cli_duration(double seconds, char buffer[32]) {
  long s = seconds < 1e9 ? (long)(seconds + 0.5) : 1000000000;
  if (s < 60)
    snprintf(buffer, 32, "%ld s", s);
  else if (s < 3600)
    snprintf(buffer, 32, "%ld min %ld s", s / 60, s % 60);
  else
    snprintf(buffer, 32, "%ld h %ld min", s / 3600, s % 3600 / 60);
  return buffer;
}
