#include "options.h"
#include "../cyto/io/reader.h"
#include <stdio.h>
#include <string.h>

void cli_segment_options(const CliSettings *s, CytoSegment *options) {
  *options = cyto_segment_defaults();
  options->channels.segment = (unsigned)s->chan;
  options->channels.nucleus = s->chan > 0 ? (unsigned)s->chan2 : 0;
  options->all_channels = s->all_channels;
  options->normalize.on = !s->no_norm;
  options->normalize.percentile_low = s->norm_percentile[0];
  options->normalize.percentile_high = s->norm_percentile[1];
  options->normalize.has_range = cli_given(s, "norm_range");
  for (int c = 0; c < 2; c++) {
    options->normalize.range_low[c] = s->norm_range[0];
    options->normalize.range_high[c] = s->norm_range[1];
  }
  options->normalize.sharpen_radius = s->sharpen_radius;
  options->normalize.smooth_radius = s->smooth_radius;
  options->normalize.tile_blocksize = s->tile_norm_blocksize;
  options->normalize.invert = s->invert;
  options->diameter = s->diameter;
  options->flow_threshold = s->flow_threshold > 0 ? s->flow_threshold : 0;
  options->cellprob_threshold = s->cellprob_threshold;
  options->niter = (double)s->niter;
  options->min_size = s->min_size;
  options->max_size = (uint64_t)s->max_size;
  options->max_size_fraction = s->max_size_fraction;
  options->resample = s->resample || !(s->no_resample || s->fast_mode);
  options->interpolate = !s->no_interp;
  options->augment = s->augment;
  options->exclude_on_edges = s->exclude_on_edges;
  options->tile_overlap = s->tile_overlap;
}

static void add_quoted(CytoStr *out, const char *text) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                              "_-./,:+@%";
  if (text[0] && !text[strspn(text, plain)]) {
    cyto_str_add(out, text);
    return;
  }
  cyto_str_add(out, "'");
  for (const char *p = text; *p; p++) {
    if (*p == '\'')
      cyto_str_add(out, "'\\''");
    else
      cyto_str_add_bytes(out, p, 1);
  }
  cyto_str_add(out, "'");
}

static void add_number(CytoStr *out, const CliOption *option, double value) {
  char text[32];
  double fallback;
  if (option->fallback && cyto_parse_double(option->fallback, &fallback) && value == fallback)
    return;
  cyto_str_printf(out, " --%s %s", option->name, cyto_format_double(value, text));
}

static void add_option(CytoStr *out, const CliOption *option, const void *field) {
  switch (option->kind) {
  case CLI_FLAG:
    if (*(const bool *)field)
      cyto_str_printf(out, " --%s", option->name);
    break;
  case CLI_INT:
    if (option->fallback || *(const int64_t *)field != CYTO_AXIS_NONE)
      add_number(out, option, (double)*(const int64_t *)field);
    break;
  case CLI_NUMBER:
    add_number(out, option, *(const double *)field);
    break;
  case CLI_PAIR: {
    const double *pair = field;
    char low[32], high[32], both[70];
    snprintf(both, sizeof both, "%s %s", cyto_format_double(pair[0], low),
             cyto_format_double(pair[1], high));
    if (option->fallback ? strcmp(both, option->fallback) != 0 : pair[0] < pair[1])
      cyto_str_printf(out, " --%s %s", option->name, both);
    break;
  }
  case CLI_TEXT: {
    const char *text = *(const char *const *)field;
    if (text && !(option->fallback && strcmp(text, option->fallback) == 0)) {
      cyto_str_printf(out, " --%s=", option->name);
      add_quoted(out, text);
    }
    break;
  }
  case CLI_SIZE:
    if (*(const uint64_t *)field)
      cyto_str_printf(out, " --%s %llu", option->name,
                      (unsigned long long)*(const uint64_t *)field);
    break;
  case CLI_SWITCH:
    break;
  }
}

void cli_command_line(const CliSettings *settings, CytoStr *out) {
  cyto_str_add(out, "cytoscribe segment");
  for (size_t k = 0; k < cli_option_count; k++) {
    const CliOption *option = &cli_options[k];
    bool alias = option->kind == CLI_NUMBER && !option->fallback;
    if (option->effect == CLI_SET && !alias)
      add_option(out, option, (const char *)settings + option->offset);
  }
  if (settings->n_files)
    cyto_str_add(out, " --");
  for (size_t i = 0; i < settings->n_files; i++) {
    cyto_str_add(out, " ");
    add_quoted(out, settings->files[i]);
  }
}
