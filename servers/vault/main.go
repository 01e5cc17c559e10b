// Command vault is HashiCorp Vault's own command line, linked here so that one pinned module builds it.
package main

import (
	"os"

	"github.com/hashicorp/vault/command"
)

func main() { os.Exit(command.Run(os.Args[1:])) }
