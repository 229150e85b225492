"""`python3 -I github_action compare|comment`: this folder is the program, wherever the runner has put it."""

import os
import sys

if __name__ == "__main__":
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    from github_action.steps import comment, compare

    sys.exit({"compare": compare, "comment": comment}[sys.argv[1]](os.environ))
