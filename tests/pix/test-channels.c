#include "pix/channels.h"
#include "check.h"

/* 2 planes in z, nc channels, 2 x 3 pixels; the value tells its place */
static CytoImage *numbered(size_t nc) {
  CytoError err;
  CytoImage *image = cyto_image_new(CYTO_U16, 1, 2, nc, 2, 3, &err);
  uint16_t *data = image->data;
  for (size_t i = 0; i < 2 * nc * 6; i++)
    data[i] = (uint16_t)(7 * i + 1);
  return image;
}

static float value(size_t nc, size_t z, size_t c, size_t i) {
  return (float)(7 * ((z * nc + c) * 6 + i) + 1);
}

static void chosen(void) {
  CytoImage *image = numbered(3);
  CytoError err;
  float out[12];
  REQUIRE(cyto_select_channels(image, 0, 1, (CytoChannels){2, 3}, out, &err));
  for (size_t i = 0; i < 6; i++)
    CHECK(out[i] == value(3, 1, 1, i) && out[6 + i] == value(3, 1, 2, i));
  REQUIRE(cyto_select_channels(image, 0, 0, (CytoChannels){1, 0}, out, &err));
  for (size_t i = 0; i < 6; i++)
    CHECK(out[i] == value(3, 0, 0, i) && out[6 + i] == 0);
  cyto_image_unref(image);
}

static void grey_is_the_mean(void) {
  static const size_t counts[] = {1, 2, 3, 7};
  for (size_t k = 0; k < 4; k++) {
    CytoImage *image = numbered(counts[k]);
    CytoError err;
    float out[12];
    REQUIRE(cyto_select_channels(image, 0, 1, (CytoChannels){0, 2}, out, &err));
    for (size_t i = 0; i < 6; i++) {
      float sum = 0;
      for (size_t c = 0; c < counts[k]; c++)
        sum += value(counts[k], 1, c, i);
      CHECK(out[i] == sum / (float)counts[k]);
      CHECK(out[6 + i] == 0);
    }
    cyto_image_unref(image);
  }
}

static void missing_channel(void) {
  CytoImage *image = numbered(2);
  CytoError err = {0};
  float out[12] = {5};
  CHECK(!cyto_select_channels(image, 0, 0, (CytoChannels){3, 0}, out, &err));
  CHECK(err.code == CYTO_ERROR_ARGUMENT && strstr(err.text, "has 2 channels"));
  CHECK(!cyto_select_channels(image, 0, 0, (CytoChannels){1, 9}, out, &err));
  CHECK(out[0] == 5);
  cyto_image_unref(image);
}

static void first_channels(void) {
  CytoImage *image = numbered(2);
  float out[18];
  cyto_select_first(image, 0, 1, 3, out);
  for (size_t i = 0; i < 6; i++)
    CHECK(out[i] == value(2, 1, 0, i) && out[6 + i] == value(2, 1, 1, i) && out[12 + i] == 0);
  cyto_image_unref(image);
}

int main(void) {
  return check_main((CheckTest[]){
      TEST(chosen), TEST(grey_is_the_mean), TEST(missing_channel), TEST(first_channels), {0}});
}
