module example/roost

go 1.26.0

require (
	github.com/zishang520/socket.io/clients/engine/v3 v3.0.2
	github.com/zishang520/socket.io/clients/socket/v3 v3.0.2
	github.com/zishang520/socket.io/v3 v3.0.2
)
