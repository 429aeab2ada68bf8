#include "view/lut.h"
#include "check.h"

static uint8_t light(double min, double max, double gamma, bool invert, double value) {
  return cyto_levels_value(&(CytoLevels){min, max, gamma, invert}, value);
}

static void levels(void) {
  CHECK(light(10, 20, 1, false, 10) == 0 && light(10, 20, 1, false, 20) == 255);
  CHECK(light(10, 20, 1, false, 15) == 128 && light(10, 20, 1, false, -5) == 0);
  CHECK(light(10, 20, 1, false, 99) == 255 && light(10, 20, 1, true, 99) == 0);
  CHECK(light(0, 255, 1, true, 100) == 155);
  CHECK(light(0, 1, 2, false, 0.25) == 128 && light(0, 1, 0.5, false, 0.5) == 64);
  CHECK(light(0, 1, 0, false, 0.5) == 128 && light(0, 1, NAN, false, 0.5) == 128);
  CHECK(light(5, 5, 1, false, 4.9) == 0 && light(5, 5, 1, false, 5) == 255);
  CHECK(light(9, 5, 1, false, 4.9) == 0 && light(9, 5, 3, false, 5) == 255);
  CHECK(light(0, 1, 1, false, NAN) == 0 && light(0, 1, 1, true, NAN) == 255);
  CHECK(light(0, 1, 1, false, INFINITY) == 255 && light(0, 1, 1, false, -INFINITY) == 0);
  CHECK(light(NAN, 1, 1, false, 0.5) == 0 && light(0, NAN, 1, false, 3) == 0);
  CHECK(light(-INFINITY, INFINITY, 1, false, 3) == 0 && light(0, 1e-320, 1e-300, false, 1) == 255);
}

static void tables(void) {
  uint8_t table[65536];
  for (int gamma = 1; gamma < 4; gamma++) {
    CytoLevels levels = {100, 60000, gamma / 2.0, gamma == 2};
    cyto_levels_table(&levels, table, 65536);
    for (int i = 1; i < 65536; i++)
      CHECK(levels.invert ? table[i] <= table[i - 1] : table[i] >= table[i - 1]);
    CHECK(table[100] == (levels.invert ? 255 : 0) && table[60000] == (levels.invert ? 0 : 255));
    CHECK(table[31234] == cyto_levels_value(&levels, 31234));
  }
}

static double brightness(uint32_t c) {
  return 0.2126 * (c >> 16 & 255) + 0.7152 * (c >> 8 & 255) + 0.0722 * (c & 255);
}

static void maps(void) {
  uint32_t map[256];
  cyto_colour_map(CYTO_MAP_GRAY, map);
  for (uint32_t i = 0; i < 256; i++)
    CHECK(map[i] == i * 0x010101);
  cyto_colour_map(CYTO_MAP_BLUE_WHITE_RED, map);
  CHECK(map[0] == 0x0000ff && map[128] == 0xffffff && map[255] == 0xff0000);
  for (int i = 1; i <= 128; i++)
    CHECK((map[i] >> 16) >= (map[i - 1] >> 16) && (map[i] & 255) == 255);
  for (int i = 129; i < 256; i++)
    CHECK((map[i] & 255) <= (map[i - 1] & 255) && (map[i] >> 16) == 255);
  cyto_colour_map(CYTO_MAP_SPECTRAL, map);
  CHECK(map[0] == 0 && map[255] == 0xffffff);
  /* No jumps: no part changes by more than 8 from one entry to the next, and all entries differ. */
  for (int i = 1; i < 256; i++) {
    for (int shift = 0; shift < 24; shift += 8)
      CHECK(abs((int)(map[i] >> shift & 255) - (int)(map[i - 1] >> shift & 255)) <= 8);
    CHECK(map[i] != map[i - 1]);
  }
  CHECK(brightness(map[20]) < brightness(map[110]) && brightness(map[110]) < brightness(map[182]));
}

static void tints(void) {
  CHECK(cyto_tint(0xffffff, 77) == 77 * 0x010101 && cyto_tint(0xff8000, 255) == 0xff8000);
  CHECK(cyto_tint(0xff8000, 0) == 0 && cyto_tint(0x000001, 128) == 1);
  CHECK(cyto_channel_colour(0, 1) == 0xffffff && cyto_channel_colour(0, 3) == 0xff0000);
  CHECK(cyto_channel_colour(2, 3) == 0x0000ff && cyto_channel_colour(3, 45) == 0xffffff);
  CHECK(cyto_channel_colour(44, 45) == cyto_channel_colour(44 % 7, 45));
}

int main(void) {
  return check_main((CheckTest[]){TEST(levels), TEST(tables), TEST(maps), TEST(tints), {0}});
}
