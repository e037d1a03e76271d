cd src
make

git status
