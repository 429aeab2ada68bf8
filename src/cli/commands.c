#include "commands.h"

const CliCommand cli_commands[] = {
    {"segment", cmd_segment, "segment [OPTION]... FILE|FOLDER...", "find the cells in images",
     "Images are worked on one after the other in natural order; one that fails does not stop the "
     "others. \"cytoscribe --dir FOLDER [OPTION]...\", Cellpose's call, does the same. A stack "
     "or series is segmented plane by plane.",
     CLI_SEGMENT},
    {"info", cmd_info, "info [OPTION]... FILE...",
     "say what an image file holds and how it is understood",
     "Axes, sizes, type, range and percentiles of each channel, pixel size, and the memory that a "
     "segmentation takes.",
     CLI_INFO},
    {"models", cmd_models, "models list|info|import|export|remove|fetch ...",
     "see, bring in, convert and fetch models", NULL, 0},
    {"help", cmd_help, "help [COMMAND | --all | --man]",
     "print this help, that of a command, or the manual page as roff", NULL, 0},
    {NULL, NULL, NULL, NULL, NULL, 0},
};
