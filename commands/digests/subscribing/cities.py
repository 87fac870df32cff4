"""Where people live who have no zone of their own name: what they type, and the zone whose clock they go by."""

from collections.abc import Mapping

_TOWNS: Mapping[str, str] = {
    "America/Los_Angeles": (
        "San Francisco, San Diego, San Jose, Seattle, Portland, Sacramento, Oakland, Las Vegas, Palo Alto, "
        "Silicon Valley, Spokane, Fresno"
    ),
    "America/Denver": "Salt Lake City, Albuquerque, Colorado Springs, El Paso",
    "America/Phoenix": "Tucson, Scottsdale, Mesa",
    "America/Chicago": (
        "Houston, Dallas, Austin, San Antonio, Fort Worth, Minneapolis, Saint Paul, St. Paul, St. Louis, "
        "Saint Louis, Kansas City, New Orleans, Nashville, Memphis, Milwaukee, Oklahoma City, Tulsa, Omaha, "
        "Madison, Des Moines, Little Rock, Birmingham Alabama"
    ),
    "America/New_York": (
        "Boston, Washington, Washington DC, Philadelphia, Miami, Atlanta, Pittsburgh, Baltimore, Cleveland, "
        "Cincinnati, Columbus, Charlotte, Raleigh, Orlando, Tampa, Jacksonville, Buffalo, Richmond, Newark, "
        "Providence, Hartford, Brooklyn, Manhattan, Charleston, Savannah"
    ),
    "America/Indiana/Indianapolis": "Indianapolis",
    "America/Kentucky/Louisville": "Louisville",
    "America/Toronto": "Ottawa, Quebec, Quebec City, Montreal, Hamilton, Mississauga, Waterloo",
    "America/Edmonton": "Calgary",
    "America/Vancouver": "Victoria, Burnaby, Surrey",
    "America/Mexico_City": "Guadalajara, Puebla",
    "America/Sao_Paulo": "Rio de Janeiro, Rio, Brasilia, Belo Horizonte, Curitiba, Porto Alegre, Campinas",
    "America/Argentina/Cordoba": "Rosario",
    "America/Bogota": "Medellin, Cali",
    "America/Guayaquil": "Quito",
    "America/Caracas": "Maracaibo",
    "America/Santiago": "Valparaiso",
    "Europe/London": (
        "Manchester, Birmingham, Leeds, Liverpool, Glasgow, Edinburgh, Bristol, Cardiff, Cambridge, Oxford, "
        "Sheffield, Newcastle, Nottingham"
    ),
    "Europe/Dublin": "Cork, Galway",
    "Europe/Berlin": (
        "Munich, München, Muenchen, Hamburg, Cologne, Köln, Koeln, Frankfurt, Stuttgart, Düsseldorf, "
        "Duesseldorf, Leipzig, Dresden, Nuremberg, Nürnberg, Hanover, Hannover, Bremen, Bonn, Dortmund, Essen, "
        "Karlsruhe, Mannheim"
    ),
    "Europe/Zurich": "Geneva, Genève, Genf, Basel, Bern, Lausanne",
    "Europe/Vienna": "Graz, Linz, Salzburg, Innsbruck",
    "Europe/Paris": "Lyon, Marseille, Toulouse, Nice, Bordeaux, Lille, Nantes, Strasbourg, Grenoble",
    "Europe/Madrid": "Barcelona, Valencia, Seville, Sevilla, Bilbao, Malaga",
    "Europe/Lisbon": "Porto",
    "Europe/Rome": "Milan, Milano, Turin, Torino, Naples, Napoli, Florence, Firenze, Bologna, Venice, Venezia, Genoa",
    "Europe/Amsterdam": "Rotterdam, The Hague, Den Haag, Utrecht, Eindhoven",
    "Europe/Brussels": "Antwerp, Ghent, Liège, Bruges",
    "Europe/Copenhagen": "Aarhus",
    "Europe/Stockholm": "Gothenburg, Göteborg, Malmö, Uppsala",
    "Europe/Oslo": "Bergen, Trondheim",
    "Europe/Helsinki": "Espoo, Tampere, Turku",
    "Europe/Warsaw": "Krakow, Cracow, Wroclaw, Gdansk, Poznan, Lodz",
    "Europe/Prague": "Brno, Ostrava",
    "Europe/Bucharest": "Cluj, Cluj-Napoca, Iasi",
    "Europe/Athens": "Thessaloniki",
    "Europe/Moscow": "Saint Petersburg, St. Petersburg",
    "Europe/Istanbul": "Ankara, Izmir",
    "Europe/Kyiv": "Lviv, Kharkiv, Odesa, Odessa, Kiev",
    "Europe/Belgrade": "Novi Sad",
    "Europe/Sofia": "Plovdiv",
    "Asia/Jerusalem": "Tel Aviv, Haifa",
    "Asia/Riyadh": "Jeddah, Mecca",
    "Asia/Dubai": "Abu Dhabi, Sharjah",
    "Asia/Karachi": "Lahore, Islamabad",
    "Asia/Kolkata": (
        "Delhi, New Delhi, Mumbai, Bombay, Bangalore, Bengaluru, Hyderabad, Chennai, Madras, Pune, Ahmedabad, "
        "Jaipur, Gurgaon, Gurugram, Noida, Kochi, Calcutta"
    ),
    "Asia/Shanghai": (
        "Beijing, Peking, Shenzhen, Guangzhou, Canton, Hangzhou, Chengdu, Nanjing, Wuhan, Xi'an, Tianjin, "
        "Suzhou, Chongqing"
    ),
    "Asia/Tokyo": "Osaka, Kyoto, Yokohama, Nagoya, Sapporo, Fukuoka, Kobe",
    "Asia/Seoul": "Busan, Incheon",
    "Asia/Taipei": "Kaohsiung, Taichung",
    "Asia/Ho_Chi_Minh": "Hanoi, Saigon, Da Nang",
    "Asia/Jakarta": "Bandung, Surabaya",
    "Asia/Manila": "Quezon City, Makati, Cebu",
    "Asia/Kuala_Lumpur": "Penang, Johor Bahru",
    "Asia/Bangkok": "Chiang Mai",
    "Asia/Dhaka": "Chittagong",
    "Asia/Yangon": "Rangoon",
    "Africa/Johannesburg": "Cape Town, Pretoria, Durban",
    "Africa/Lagos": "Abuja, Ibadan",
    "Africa/Nairobi": "Mombasa",
    "Africa/Cairo": "Alexandria",
    "Africa/Casablanca": "Rabat, Marrakesh, Marrakech",
    "Australia/Sydney": "Canberra, Newcastle Australia, Wollongong",
    "Australia/Melbourne": "Geelong",
    "Australia/Brisbane": "Gold Coast, Cairns",
    "Pacific/Auckland": "Wellington, Christchurch",
}

ZONE_OF: Mapping[str, str] = {town: zone for zone, towns in _TOWNS.items() for town in towns.split(", ")}
"""The zone of a town."""
