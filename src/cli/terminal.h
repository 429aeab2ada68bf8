/* Lines for people: what a terminal can show, and for how long things take. */
#pragma once
#include "../cyto/base/text.h"

/* One line on stderr; control characters in file names become "?". */
void cli_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Each line of a text by itself. */
void cli_say_lines(const CytoStr *lines);

/* Appends text with control characters as "?". */
void cli_add_printable(CytoStr *out, const char *text);
/* Columns that a UTF-8 text takes, a character counted as one. */
size_t cli_columns(const char *text);
/* Shortens text in place to at most `columns` columns. */
void cli_cut_columns(char *text, size_t columns);

/* Columns of the terminal behind a file descriptor; 0 when it is none. */
size_t cli_terminal_width(int fd);

/* Seconds since some fixed moment. */
double cli_clock(void);
/* "40 s", "3 min 20 s", "2 h 5 min". */
char *cli_duration(double seconds, char buffer[32]);
