#include "options-private.h"
#include "../cyto/base/mem.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

bool cli_parse_size(const char *text, uint64_t *bytes) {
  char digits[40];
  size_t n = strspn(text, "0123456789.");
  double value;
  if (n == 0 || n >= sizeof digits)
    return false;
  memcpy(digits, text, n);
  digits[n] = 0;
  if (!cyto_parse_double(digits, &value))
    return false;
  static const char units[] = "KMGT";
  const char *unit = text + n;
  const char *found = *unit ? strchr(units, toupper((unsigned char)*unit)) : NULL;
  if (found) {
    value = ldexp(value, 10 * (int)(found - units + 1));
    unit += unit[1] == 'i' ? 2 : 1;
  }
  if (toupper((unsigned char)*unit) == 'B')
    unit++;
  if (*unit || !(value >= 1) || value >= 0x1p62)
    return false;
  *bytes = (uint64_t)value;
  return true;
}

static bool fail_value(const CliOption *option, const char *what, const char *text,
                       CytoError *err) {
  char low[32], high[32], bounds[80] = "";
  if (option->high > option->low && option->high >= 1e6)
    snprintf(bounds, sizeof bounds, " of at least %s", cyto_format_double(option->low, low));
  else if (option->high > option->low)
    snprintf(bounds, sizeof bounds, " from %s to %s", cyto_format_double(option->low, low),
             cyto_format_double(option->high, high));
  return cyto_fail(err, CYTO_ERROR_ARGUMENT, "--%s expects %s%s, found \"%.200s\"", option->name,
                   what, bounds, text);
}

static bool parse_number(const CliOption *option, const char *text, double *out, CytoError *err) {
  double value;
  if (!cyto_parse_double(text, &value) ||
      (option->high > option->low && !(value >= option->low && value <= option->high)))
    return fail_value(option, "a number", text, err);
  *out = value;
  return true;
}

static bool parse_whole(const CliOption *option, const char *text, int64_t *out, CytoError *err) {
  int64_t value;
  if (!cyto_parse_int(text, &value) ||
      (option->high > option->low &&
       !((double)value >= option->low && (double)value <= option->high)))
    return fail_value(option, "a whole number", text, err);
  *out = value;
  return true;
}

bool cli_store(const CliOption *option, const char *text, const char *second, CliSettings *settings,
               CytoError *err) {
  union {
    bool flag;
    int64_t whole;
    double number[2];
    const char *text;
    uint64_t size;
  } value = {0};
  size_t size = 0;
  switch (option->kind) {
  case CLI_FLAG:
    value.flag = true;
    size = sizeof value.flag;
    break;
  case CLI_SWITCH:
    if (text && strcmp(text, "0") != 0 && strcmp(text, "1") != 0)
      return fail_value(option, "0 or 1", text, err);
    value.flag = !text || *text == '1';
    size = sizeof value.flag;
    break;
  case CLI_INT:
    if (!parse_whole(option, text, &value.whole, err))
      return false;
    size = sizeof value.whole;
    break;
  case CLI_NUMBER:
    if (!parse_number(option, text, &value.number[0], err))
      return false;
    size = sizeof value.number[0];
    break;
  case CLI_PAIR:
    if (!second)
      return cyto_fail(err, CYTO_ERROR_ARGUMENT, "--%s expects two values: %s", option->name,
                       option->value);
    if (!parse_number(option, text, &value.number[0], err) ||
        !parse_number(option, second, &value.number[1], err))
      return false;
    size = sizeof value.number;
    break;
  case CLI_TEXT:
    value.text = text;
    size = sizeof value.text;
    break;
  case CLI_SIZE:
    if (!cli_parse_size(text, &value.size))
      return fail_value(option, "a size such as 4G or 800M", text, err);
    size = sizeof value.size;
    break;
  }
  if (option->effect == CLI_SET)
    memcpy((char *)settings + option->offset, &value, size);
  return true;
}

bool cli_is_default(const CliOption *option, const char *text) {
  double a, b;
  if (!text || !option->fallback)
    return false;
  if (option->kind == CLI_TEXT)
    return strcmp(text, option->fallback) == 0;
  return cyto_parse_double(text, &a) && cyto_parse_double(option->fallback, &b) && a == b;
}

bool cli_check(const CliSettings *s, CytoStr *notes, CytoError *err) {
  if (!(s->norm_percentile[0] < s->norm_percentile[1]))
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "--norm_percentile expects the lower percentile first, found %g %g",
                     s->norm_percentile[0], s->norm_percentile[1]);
  bool range = cli_given(s, "norm_range");
  if (range && !(s->norm_range[0] < s->norm_range[1]))
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "--norm_range expects the lower intensity first, found %g %g",
                     s->norm_range[0], s->norm_range[1]);
  if (s->invert && s->no_norm && !range)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "--invert works on normalised intensities; leave out --no_norm");
  if (s->no_norm && (range || cli_given(s, "norm_percentile")))
    cyto_str_printf(notes, "--%s: %s\n", range ? "no_norm" : "norm_percentile",
                    range ? "ignored; --norm_range takes its place" : "ignored with --no_norm");
  if (s->chan == 0 && s->chan2 > 0 && !s->all_channels)
    cyto_str_add(notes, "--chan2: ignored; a second channel helps only when --chan names the "
                        "first (1, 2, 3 ...)\n");
  if (s->all_channels && (s->chan > 0 || s->chan2 > 0))
    cyto_str_add(notes, "--chan, --chan2: ignored with --all_channels\n");
  bool pictures = s->save_outlines || s->save_mpl || s->save_flows;
  if (s->no_npy && !s->save_png && !s->save_tif && !s->save_txt && !s->save_rois && !pictures)
    cyto_str_add(notes, "--no_npy: no other file is asked for, so none is written\n");
  return true;
}
