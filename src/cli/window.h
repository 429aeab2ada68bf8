/* The way from the command line to the window. */
#pragma once

/* Starts cytoscribe-gui in place of this process when there is a display and the program lies
 * beside this one; returns otherwise. The command line itself never loads GTK. */
void cli_open_window(void);
