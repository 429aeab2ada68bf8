#include "check.h"
#include "io/meta.h"
#include "base/mem.h"

static void units(void) {
  CHECK_NEAR(cyto_unit_micrometres("µm"), 1, 0);
  CHECK_NEAR(cyto_unit_micrometres("micron"), 1, 0);
  CHECK_NEAR(cyto_unit_micrometres("\\u00B5m"), 1, 0);
  CHECK_NEAR(cyto_unit_micrometres("nm"), 1e-3, 0);
  CHECK_NEAR(cyto_unit_micrometres("inch"), 25400, 0);
  CHECK_NEAR(cyto_unit_micrometres("pixel"), 0, 0);
  CHECK_NEAR(cyto_unit_micrometres(""), 0, 0);
}

static void imagej(void) {
  CytoPlanes planes;
  double unit;
  CHECK(!cyto_meta_imagej("made by ImageJ=1", &planes, &unit));
  REQUIRE(cyto_meta_imagej("ImageJ=1.53t\nimages=30\nchannels=2\nslices=5\nframes=3\n"
                           "hyperstack=true\nspacing=0.5\nunit=nm\n",
                           &planes, &unit));
  CHECK(planes.count == 3 && memcmp(planes.letter, "TZC", 3) == 0);
  CHECK(planes.size[0] == 3 && planes.size[1] == 5 && planes.size[2] == 2);
  CHECK_NEAR(planes.pixel_z, 5e-4, 1e-12);
  CHECK_NEAR(unit, 1e-3, 0);
  REQUIRE(cyto_meta_imagej("ImageJ=1.11a\nimages=7\n", &planes, &unit));
  CHECK(planes.count == 1 && planes.letter[0] == 'Z' && planes.size[0] == 7);
  REQUIRE(cyto_meta_imagej("ImageJ=1.11a\n", &planes, &unit));
  CHECK(planes.count == 0 && cyto_planes_total(&planes) == 1);
  REQUIRE(cyto_meta_imagej("ImageJ=1\nimages=7\nchannels=2\nslices=3\n", &planes, &unit));
  CHECK(planes.count == 1 && planes.letter[0] == '?' && planes.size[0] == 7);
  REQUIRE(
      cyto_meta_imagej("ImageJ=1\nimages=99999999999999999999\nunit=\nspacing=x", &planes, &unit));
  CHECK(cyto_planes_total(&planes) == 1 && planes.pixel_z == 0);
}

static void shaped(void) {
  CytoShaped s;
  REQUIRE(cyto_meta_shaped("{\"shape\": [5, 2, 64, 32]}", &s));
  CHECK(s.ndim == 4 && s.shape[0] == 5 && s.shape[3] == 32 && !s.axes[0]);
  REQUIRE(cyto_meta_shaped("{\"shape\": [5, 64, 32], \"axes\": \"QYX\"}", &s));
  CHECK_STR(s.axes, "?YX");
  REQUIRE(cyto_meta_shaped("shape=(64, 32, 3)", &s));
  CHECK(s.ndim == 3 && s.shape[2] == 3);
  CHECK(!cyto_meta_shaped("{\"shape\": [5, -2]}", &s));
  CHECK(!cyto_meta_shaped("{\"shape\": [1,1,1,1,1,1,1,1,1]}", &s));
  CHECK(!cyto_meta_shaped("{\"shape\": [5, 2", &s));
  CHECK(!cyto_meta_shaped("{\"shape\": \"x\"}", &s));
  CHECK(!cyto_meta_shaped("shape=(64", &s));
  CHECK(!cyto_meta_shaped("shape=(64,99999999999999999999999999)", &s));
  CHECK(!cyto_meta_shaped("a picture", &s));
}

#define OME(attributes, inside)                                                                    \
  "<?xml version=\"1.0\"?><OME UUID=\"urn:uuid:me\"><Image ID=\"Image:0\"><Pixels SizeX=\"8\" "    \
  "SizeY=\"6\" " attributes ">" inside "</Pixels></Image><Image><Pixels SizeX=\"1\" "              \
  "SizeY=\"1\" SizeC=\"9\"/></Image></OME>"

static CytoOme ome_of(const char *text, size_t directories) {
  CytoOme ome = {0};
  CytoError err = {0};
  CHECK(cyto_meta_is_ome(text));
  CHECKF(cyto_meta_ome(text, "me.ome.tif", directories, &ome, &err), "%s", err.text);
  return ome;
}

static void ome_orders(void) {
  CytoOme ome = ome_of(OME("SizeC=\"2\" SizeZ=\"3\" SizeT=\"4\" DimensionOrder=\"XYCZT\" "
                           "PhysicalSizeX=\"0.5\" PhysicalSizeY=\"250\" PhysicalSizeYUnit=\"nm\"",
                           "<Channel Name=\"DAPI\"/><Channel Name=\"GFP &amp; co\"/><TiffData/>"),
                       24);
  CHECK(ome.planes.count == 3 && memcmp(ome.planes.letter, "TZC", 3) == 0);
  CHECK(ome.planes.size[0] == 4 && ome.planes.size[2] == 2 && ome.plane[23] == 23);
  CHECK_NEAR(ome.planes.pixel_x, 0.5, 0);
  CHECK_NEAR(ome.planes.pixel_y, 0.25, 1e-12);
  REQUIRE(ome.n_names == 2);
  CHECK_STR(ome.names[1], "GFP & co");
  cyto_ome_clear(&ome);
  /* Planes listed one by one, in reverse; order XYZCT: Z the fastest. */
  ome = ome_of(
      OME("SizeC=\"2\" SizeZ=\"2\" SizeT=\"1\" DimensionOrder=\"XYZCT\"",
          "<TiffData IFD=\"3\"/><TiffData IFD=\"2\" FirstZ=\"1\"/>"
          "<TiffData IFD=\"1\" FirstC=\"1\"/><TiffData IFD=\"0\" FirstZ=\"1\" FirstC=\"1\"/>"),
      4);
  CHECK(ome.planes.count == 2 && memcmp(ome.planes.letter, "CZ", 2) == 0);
  for (size_t i = 0; ome.plane && i < 4; i++)
    CHECK(ome.plane[i] == 3 - i);
  cyto_ome_clear(&ome);
  /* RGB: three samples are one plane. */
  ome = ome_of(OME("SizeC=\"3\" DimensionOrder=\"XYCZT\"", "<Channel SamplesPerPixel=\"3\"/>"), 1);
  CHECK(ome.planes.count == 0 && ome.plane[0] == 0 && !ome.names);
  cyto_ome_clear(&ome);
}

static void ome_parts(void) {
  CytoOme ome = ome_of(
      OME("SizeC=\"2\" SizeZ=\"3\" SizeT=\"1\" DimensionOrder=\"XYZCT\"",
          "<Channel Name=\"a\"/><Channel Name=\"b\"/>"
          "<TiffData FirstC=\"0\" PlaneCount=\"3\"><UUID FileName=\"o.tif\">urn:uuid:o</UUID>"
          "</TiffData><TiffData FirstC=\"1\" PlaneCount=\"3\"><UUID FileName=\"renamed.tif\">"
          "urn:uuid:me</UUID></TiffData>"),
      3);
  CHECK(ome.partial && ome.planes.count == 1 && ome.planes.letter[0] == 'Z');
  CHECK(ome.planes.size[0] == 3 && ome.plane[2] == 2);
  REQUIRE(ome.n_names == 1);
  CHECK_STR(ome.names[0], "b");
  cyto_ome_clear(&ome);
}

static void ome_refused(void) {
  static const struct {
    const char *text, *expected;
  } cases[] = {
      {OME("SizeC=\"4\" DimensionOrder=\"XYCZT\"", "<TiffData IFD=\"9\"/>"),
       "announces 4 planes, of which this file holds 0"},
      {OME("SizeC=\"99999999\" SizeZ=\"99999999\"", ""),
       "announces 1 × 99999999 × 99999999 planes"},
      {OME("SizeC=\"0\"", ""), "announces 1 × 1 × 0 planes"},
      {OME("SizeC=\"4\" DimensionOrder=\"XYCZT\"", "<TiffData IFD=\"0\"/><TiffData IFD=\"1\" "
                                                   "FirstC=\"3\"/>"),
       "announces 4 planes, of which this file holds 2"},
      {"<OME><Image/></OME>", "describes no image"},
      {"<OME><Image><Pixels", "damaged in line 1"},
      {"<!DOCTYPE l [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">]><OME>&b</OME>",
       "damaged in line 1"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    CytoOme ome = {0};
    CytoError err = {0};
    CHECK(!cyto_meta_ome(cases[i].text, "me", 5, &ome, &err));
    CHECKF(strstr(err.text, cases[i].expected), "\"%s\" does not say \"%s\"", err.text,
           cases[i].expected);
    CHECK(!ome.plane && !ome.names);
  }
}

int main(void) {
  return check_main((CheckTest[]){TEST(units),
                                  TEST(imagej),
                                  TEST(shaped),
                                  TEST(ome_orders),
                                  TEST(ome_parts),
                                  TEST(ome_refused),
                                  {0}});
}
