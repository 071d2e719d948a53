<?php
// Reads request targets, one a line; writes what a PHP receiver finds in each as a line of JSON.
while (($line = fgets(STDIN)) !== false) {
    [$path, $query] = explode("?", rtrim($line, "\n"), 2);
    parse_str($query, $found);
    $decoded = [
        "path" => array_map("rawurldecode", array_slice(explode("/", $path), 1)),
        // PHP keeps the last of several values; as a list, as the others give it.
        "query" => array_map(fn ($value) => [$value], $found),
    ];
    echo json_encode($decoded, JSON_THROW_ON_ERROR), "\n";
}
