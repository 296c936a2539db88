module dygnet

go 1.26
