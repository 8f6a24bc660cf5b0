from shared.process import run

run("services.cdr.entrypoints:CdrService")
