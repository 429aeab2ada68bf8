#include "scene.h"
#include <math.h>
#include <stdio.h>

uint32_t cyto_reason_colour(unsigned reason) {
  static const uint32_t colour[] = {0, 0xff9900, 0x4aa8ff, 0xff5ad2, 0xfff000};
  return reason < sizeof colour / sizeof *colour ? colour[reason] : 0xb4b4b4;
}

/* The largest of 1, 2, 5, 10, … not above `most`, or 0. Millions are as far as it goes: ten letters
 * at most. */
static long round_number(double most) {
  static const long digit[] = {5, 2, 1};
  for (long ten = 1000000; ten >= 1; ten /= 10)
    for (int i = 0; i < 3; i++)
      if ((double)(digit[i] * ten) <= most * (1 + 1e-12))
        return digit[i] * ten;
  return 0;
}

CytoScaleBar cyto_scale_bar(double scale, double pixel_size, double room) {
  static const struct {
    const char *name;
    double size;
  } units[] = {{"mm", 1000}, {"µm", 1}, {"nm", 0.001}};
  CytoScaleBar bar = {0};
  if (!(scale > 0) || !(room > 0))
    return bar;
  bool known = pixel_size > 0 && isfinite(pixel_size);
  double most = room / scale * (known ? pixel_size : 1);
  if (!known) {
    long n = round_number(most);
    snprintf(bar.text, sizeof bar.text, n ? "%ld px" : "", n);
    bar.length = (double)n * scale;
    return bar;
  }
  for (int u = 0; u < 3; u++) {
    long n = round_number(most / units[u].size);
    if (n == 0)
      continue;
    snprintf(bar.text, sizeof bar.text, "%ld %s", n, units[u].name);
    bar.length = (double)n * units[u].size / pixel_size * scale;
    return bar;
  }
  return bar;
}
