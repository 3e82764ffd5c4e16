//! The test's database: copied from one that was migrated once, which takes a tenth of a migration's time.

use hub112::store::{database, migrate};
use sha2::{Digest, Sha256};

use super::with_path;

/// Whoever makes the template holds this advisory lock; the others wait for it.
const LOCK: i64 = 0x0112_7465_6d70;

/// Makes the database and gives its address.
pub async fn create(admin_url: &str, name: &str, migrated: bool) -> String {
    let admin = database::connect(admin_url, "test").await.expect("a connection to the server for tests");
    if !migrated {
        admin.batch_execute(&format!("CREATE DATABASE {name}")).await.expect("a database");
        return with_path(admin_url, name);
    }
    let template = format!("hub112_template_{}", fingerprint());
    admin.execute("SELECT pg_advisory_lock($1)", &[&LOCK]).await.expect("the lock");
    let ready = admin
        .query_opt("SELECT 1 FROM pg_database WHERE datname = $1 AND NOT datallowconn", &[&template])
        .await
        .expect("a list of databases");
    if ready.is_none() {
        make_template(&admin, admin_url, &template).await;
    }
    admin.execute("SELECT pg_advisory_unlock($1)", &[&LOCK]).await.expect("the lock");
    admin.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await.expect("a database");
    with_path(admin_url, name)
}

/// A template is complete when nobody may connect to it any more.
async fn make_template(admin: &tokio_postgres::Client, admin_url: &str, template: &str) {
    let run = |sql: String| async move { admin.batch_execute(&sql).await.expect("a statement") };
    run(format!("DROP DATABASE IF EXISTS {template} WITH (FORCE)")).await;
    run(format!("CREATE DATABASE {template}")).await;
    migrate::run(&with_path(admin_url, template), |_| {}).await.expect("the migrations");
    run(format!("ALTER DATABASE {template} ALLOW_CONNECTIONS false")).await;
    // The migration's own session ends a moment after it was dropped, and would forbid the first copy.
    let sessions =
        format!("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{template}'");
    run(sessions).await;
}

/// Removes it with all its sessions.
pub fn remove(admin_url: &str, name: &str) {
    let (admin_url, name) = (admin_url.to_owned(), name.to_owned());
    super::on_a_thread(move || async move {
        let admin = database::connect(&admin_url, "test").await.expect("a connection");
        let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        // The server's own vacuum may be in it, and nobody but a superuser ends that one; it ends by itself.
        let limit = tokio::time::Instant::now() + std::time::Duration::from_secs(60);
        while let Err(error) = admin.batch_execute(&drop).await {
            assert!(tokio::time::Instant::now() < limit, "the database was not dropped: {error}");
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
    });
}

/// Changes when any migration does.
fn fingerprint() -> String {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the migrations")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    let mut all = Sha256::new();
    for file in files {
        all.update(file.file_name().expect("a name").as_encoded_bytes());
        all.update(std::fs::read(&file).expect("a migration"));
    }
    hex::encode(&all.finalize()[..8])
}
