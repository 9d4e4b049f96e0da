job "labels" {
  group "printer" {
    task "spool" {
      driver = "docker"
      lifecycle {
        hook    = "prestart"
        sidecar = true
      }
      config {
        image = "registry.example/bookshop/spool:1.2.0"
        args  = ["${NOMAD_ALLOC_DIR}/labels"]
      }
    }

    task "labels" {
      driver = "docker"
      config {
        image = "registry.example/bookshop/labels:1.2.0"
        args  = ["${NOMAD_ALLOC_DIR}/labels"]
      }
    }
  }
}
