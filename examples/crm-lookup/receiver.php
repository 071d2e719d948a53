<?php
// Tells Switchhook who calls, and the page at / whose card to open. Behind any web server; to try it:
// php -S 127.0.0.1:21112 receiver.php
const LATEST = __DIR__ . '/latest.json';
$customers = json_decode(file_get_contents(__DIR__ . '/customers.json'), true);
$latest = is_file(LATEST) ? json_decode(file_get_contents(LATEST), true) : ['nth' => 0, 'name' => '', 'card' => ''];
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);

if ($path === '/latest') {
    header('Content-Type: application/json');
    echo json_encode($latest);
} elseif ($path === '/route') {
    header('Content-Type: application/x-www-form-urlencoded');
    $callerid = $_GET['callerid'] ?? '';
    $customer = $customers[$callerid] ?? null;
    if ($customer === null) {
        error_log("$callerid is nobody's number");
        echo 'status=NAK';
    } else {
        ['name' => $name, 'phone' => $phone, 'card' => $card] = $customer;
        file_put_contents(LATEST, json_encode(['nth' => $latest['nth'] + 1, 'name' => $name, 'card' => $card]), LOCK_EX);
        error_log("$callerid is $name; their card: $card");
        // http_build_query writes + as %2B and & as %26, as they have to be.
        echo http_build_query(['status' => 'ACK', 'callername' => $name, 'destination' => $phone]);
    }
} else {
    header('Content-Type: text/html; charset=utf-8');
    readfile(__DIR__ . '/cards.html');
}
