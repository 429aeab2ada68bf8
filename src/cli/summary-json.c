#include "summary.h"
#include "../cyto/base/mem.h"
#include <string.h>

/* Length of the well-formed UTF-8 sequence at p, 0 when it is none. */
static size_t utf8_length(const unsigned char *p) {
  size_t n = p[0] < 0x80                   ? 1
             : p[0] >= 0xc2 && p[0] < 0xe0 ? 2
             : p[0] >= 0xe0 && p[0] < 0xf0 ? 3
             : p[0] >= 0xf0 && p[0] < 0xf5 ? 4
                                           : 0;
  for (size_t i = 1; i < n; i++) {
    if ((p[i] & 0xc0) != 0x80)
      return 0;
  }
  bool overlong = (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xf0 && p[1] < 0x90);
  bool surrogate = p[0] == 0xed && p[1] >= 0xa0, beyond = p[0] == 0xf4 && p[1] >= 0x90;
  return overlong || surrogate || beyond ? 0 : n;
}

void cli_add_json_string(CytoStr *out, const char *text) {
  cyto_str_add(out, "\"");
  for (const unsigned char *p = (const unsigned char *)text; *p;) {
    size_t n = utf8_length(p);
    if (n == 0)
      cyto_str_add(out, "\xef\xbf\xbd");
    else if (*p == '"' || *p == '\\')
      cyto_str_printf(out, "\\%c", *p);
    else if (*p < 0x20 || *p == 0x7f)
      cyto_str_printf(out, "\\u%04x", *p);
    else
      cyto_str_add_bytes(out, p, n);
    p += n ? n : 1;
  }
  cyto_str_add(out, "\"");
}

static void add_list(CytoStr *out, const char *key, const CliList *list) {
  cyto_str_printf(out, ",\n      \"%s\": [", key);
  const char *item = NULL, *comma = "";
  while ((item = cli_list_next(list, item))) {
    cyto_str_add(out, comma);
    cli_add_json_string(out, item);
    comma = ", ";
  }
  cyto_str_add(out, "]");
}

static void add_number(CytoStr *out, const char *key, double value) {
  char text[32];
  cyto_str_printf(out, ",\n      \"%s\": %s", key, cyto_format_double(value, text));
}

static void add_entry(CytoStr *out, const CliEntry *entry) {
  static const char *const status[] = {"not done", "done", "failed", "stopped"};
  cyto_str_add(out, "    {\n      \"path\": ");
  cli_add_json_string(out, entry->path);
  cyto_str_printf(out, ",\n      \"status\": \"%s\"", status[entry->status]);
  if (entry->error) {
    cyto_str_add(out, ",\n      \"error\": ");
    cli_add_json_string(out, entry->error);
  }
  if (entry->status == CLI_IMAGE_DONE) {
    cyto_str_printf(out, ",\n      \"objects\": %llu", (unsigned long long)entry->cells);
    cyto_str_add(out, ",\n      \"objects_per_plane\": [");
    for (size_t p = 0; p < entry->planes; p++)
      cyto_str_printf(out, "%s%u", p ? ", " : "", entry->plane_cells[p]);
    cyto_str_add(out, "]");
    add_number(out, "diameter", entry->diameter);
  }
  add_number(out, "seconds", entry->seconds);
  add_list(out, "files", &entry->files);
  add_list(out, "warnings", &entry->warnings);
  cyto_str_add(out, "\n    }");
}

void cli_summary_json(const CliSummary *summary, CytoStr *out) {
  char text[32];
  cyto_str_add(out, "{\n  \"version\": \"" CYTOSCRIBE_VERSION "\",\n  \"model\": ");
  cli_add_json_string(out, summary->model ? summary->model : "");
  cyto_str_add(out, ",\n  \"model_path\": ");
  cli_add_json_string(out, summary->model_path ? summary->model_path : "");
  cyto_str_printf(out, ",\n  \"stopped\": %s", summary->stopped ? "true" : "false");
  cyto_str_printf(out, ",\n  \"done\": %zu", cli_summary_number(summary, CLI_IMAGE_DONE));
  cyto_str_printf(out, ",\n  \"failed\": %zu", cli_summary_number(summary, CLI_IMAGE_FAILED));
  cyto_str_printf(out, ",\n  \"seconds\": %s", cyto_format_double(summary->seconds, text));
  cyto_str_add(out, ",\n  \"images\": [\n");
  for (size_t i = 0; i < summary->count; i++) {
    cyto_str_add(out, i ? ",\n" : "");
    add_entry(out, &summary->entry[i]);
  }
  cyto_str_add(out, "\n  ]\n}\n");
}
