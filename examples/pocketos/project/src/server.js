// Deployed to Railway; staging answers 401 since its RAILWAY_TOKEN was rotated.
require("http").createServer((_, res) => res.end("ok")).listen(process.env.PORT || 3000);
