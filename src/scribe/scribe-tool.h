/* Tools: what pointer and keys do to the picture. No GTK here either: a tool hears of events and
 * asks its host (the canvas, or a test) for what should happen. scribe-toolbox.h decides which tool
 * hears of what. */
#pragma once
#include "../cyto/doc/shape.h"

enum { /* modifiers */
       SCRIBE_SHIFT = 1,
       SCRIBE_CTRL = 2,
       SCRIBE_ALT = 4,
       SCRIBE_SPACE = 8,
};

typedef enum { SCRIBE_LEFT = 1, SCRIBE_MIDDLE = 2, SCRIBE_RIGHT = 3 } ScribeButton;

typedef struct ScribePointer {
  CytoPoint at;  /* image coordinates */
  double wx, wy; /* the same in window units, for panning and for telling a click from a drag */
  unsigned modifiers;
  unsigned held;   /* bit b set: button b is down, as the window system sees it */
  double pressure; /* 0..1 of a pen, 1 for everything else */
  bool pen, eraser;
} ScribePointer;

typedef enum {
  SCRIBE_KEY_ESCAPE,
  SCRIBE_KEY_BACK,
  SCRIBE_KEY_ENTER,
} ScribeToolKey;

typedef enum { SCRIBE_SELECT_ONE, SCRIBE_SELECT_TOGGLE } ScribeSelect;

/* What happens to the cells inside an area: they become the selection, join it, leave it, or go. */
typedef enum {
  SCRIBE_REGION_SELECT,
  SCRIBE_REGION_ADD,
  SCRIBE_REGION_TAKE,
  SCRIBE_REGION_DELETE,
} ScribeRegion;

/* The disk that shows the diameter, in image pixels. */
typedef struct ScribeDisk {
  CytoPoint at;
  double diameter;
  bool home; /* at its own place, below the picture */
} ScribeDisk;

/* What a tool asks for. Nothing here may call back into the toolbox. */
typedef struct ScribeHost {
  void *data;
  void (*pan)(void *data, double dx, double dy); /* window units */
  void (*fit)(void *data);
  uint32_t (*cell_at)(void *data, CytoPoint at);
  void (*select)(void *data, uint32_t id, ScribeSelect how); /* id 0: nothing */
  void (*erase_cell)(void *data, uint32_t id);               /* delete it */
  void (*merge)(void *data, uint32_t id);                    /* into the selected cell */
  void (*outline)(void *data, const CytoPoint *point, size_t n, bool steal);
  void (*split)(void *data, const CytoPoint *point, size_t n);
  void (*region)(void *data, const CytoPoint *point, size_t n, ScribeRegion how);
  bool (*stroke_begin)(void *data, CytoPoint at, bool erase, bool steal);
  void (*stroke_to)(void *data, CytoPoint from, CytoPoint to, double radius);
  void (*stroke_end)(void *data);
  void (*stroke_cancel)(void *data);
  void (*redraw)(void *data);                     /* the sketch changed */
  bool (*get_disk)(void *data, ScribeDisk *disk); /* false: there is none to take hold of */
  void (*set_disk)(void *data, const ScribeDisk *disk);
  void (*ruled)(void *data, double length); /* a line of that many pixels was measured */
} ScribeHost;

/* What a tool has half drawn, for the canvas to show above the picture. Borrowed until the next
 * event. */
typedef struct ScribeSketch {
  const CytoPoint *line;
  size_t count;
  bool band;           /* a straight line on to `pointer` */
  bool corners;        /* mark every point */
  double start_circle; /* its diameter in image pixels, 0 = none */
  double brush;        /* diameter of a circle around the pointer, 0 = none */
  bool erase;          /* that circle takes away */
  CytoPoint pointer;
  bool ruler;   /* the line measures: its length is written beside it */
  bool handles; /* the disk can be taken hold of */
} ScribeSketch;

/* What the hand would take hold of where it is. */
typedef enum { SCRIBE_GRIP_NONE, SCRIBE_GRIP_MOVE, SCRIBE_GRIP_SIZE } ScribeGrip;

typedef struct ScribeTool ScribeTool;
typedef struct ScribeToolClass {
  const char *id;
  void *(*create)(void);
  void (*destroy)(void *state);
  /* True: the press is taken; moves and the release of that button follow. */
  bool (*press)(ScribeTool *tool, ScribeButton button, const ScribePointer *pointer);
  /* True: what lies there is this tool's to take hold of, even while nothing is drawn with another
   * one; may be NULL. */
  bool (*wants)(const ScribeTool *tool, const ScribePointer *pointer);
  ScribeGrip (*grip)(const ScribeTool *tool, const ScribePointer *pointer); /* may be NULL */
  void (*release)(ScribeTool *tool, const ScribePointer *pointer);
  void (*move)(ScribeTool *tool, const ScribePointer *pointer);  /* also with no button down */
  bool (*click)(ScribeTool *tool, const ScribePointer *pointer); /* left, in place, while busy */
  bool (*key)(ScribeTool *tool, ScribeToolKey key);
  void (*cancel)(ScribeTool *tool);     /* back to nothing, from anywhere */
  void (*lost)(ScribeTool *tool);       /* the button went up unseen */
  void (*leave)(ScribeTool *tool);      /* another tool was chosen; may be NULL */
  bool (*busy)(const ScribeTool *tool); /* something is half done */
  void (*sketch)(const ScribeTool *tool, ScribeSketch *sketch);
} ScribeToolClass;

struct ScribeTool {
  const ScribeToolClass *class;
  const ScribeHost *host;
  void *state;
  double scale; /* window units per image pixel */
  double brush; /* diameter in image pixels */
};

extern const ScribeToolClass scribe_tool_select, scribe_tool_outline, scribe_tool_brush,
    scribe_tool_eraser, scribe_tool_split, scribe_tool_lasso, scribe_tool_disk, scribe_tool_ruler;
